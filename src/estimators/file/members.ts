// The networks of an estimator in a model file.

import { ModelFileError } from '../../runtime/errors.js';
import type { ModelDocument } from '../../format/document.js';
import { fields, record } from '../../format/fields.js';
import { Network } from '../../network/network.js';
import { number } from '../../runtime/options.js';

const MEMBERS = { members: number({ min: 1, max: 100, integer: true }, 1) };

/** How many networks a file has. @throws ModelFileError */
export function membersIn(config: ModelDocument['config']): number {
  return fields('members', MEMBERS, { members: config['members'] }).members;
}

/**
 * The networks of a file.
 * @param seeds of each, where the file has them; all have that of the first otherwise
 * @throws ModelFileError
 */
export async function membersFrom(
  { config, tensors }: Pick<ModelDocument, 'config' | 'tensors'>,
  seeds: readonly number[],
): Promise<Network[]> {
  const count = membersIn(config);
  if (count === 1) return [await Network.fromConfig(config['network'], tensors)];
  const networks: Network[] = [];
  let left = tensors.length;
  try {
    for (let k = 0; k < count; k++) {
      const prefix = `members.${k}.`;
      const mine = tensors
        .filter(({ name }) => name.startsWith(prefix))
        .map((t) => ({ ...t, name: t.name.slice(prefix.length) }));
      left -= mine.length;
      const own = seeds.length > 0 && { seed: seeds[k] };
      networks.push(await Network.fromConfig({ ...record(config['network'], 'network'), ...own }, mine));
    }
    if (left > 0) throw new ModelFileError(`damaged: there are tensors of more networks than ${count}`);
  } catch (error) {
    for (const network of networks) network.dispose();
    throw error;
  }
  return networks;
}
