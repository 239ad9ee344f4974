// The class of networks, as a part of its own.

export { Network } from '../../../network/network.js';
