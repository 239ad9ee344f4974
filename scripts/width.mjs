// Lines that are too wide: `node scripts/width.mjs [--write] [folder or file …]` lists them, and with --write wraps comments
// anew.
//
// The formatter holds code to 130 columns, but leaves comments and strings as they are. So comments are checked here; and in
// AssemblyScript, which no formatter sees, every line. A line of code may be wider for the sake of a string.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const WIDTH = 130;

const CODE = /\.(ts|mts|mjs)$/;
const ASSEMBLY = /^(assembly|test\/assembly)\/.*\.ts$/;

/** A comment from the line's beginning: indentation, marker, text. */
const COMMENT = /^(\s*)(\/\/\/?|\/\*\*?|\*(?!\/))( ?)(.*)$/;

/** Files of the repository that are code, all or below some places. */
export function codeFiles(places = []) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...places], { encoding: 'utf8' });
  return listed.split('\n').filter((file) => CODE.test(file));
}

/** Numbers of the lines that are too wide, from 1. */
export function wideLines(file, text) {
  const lines = text.split('\n');
  const inTemplate = templates(lines);
  return lines.flatMap((line, i) => (line.length > WIDTH && !inTemplate[i] && !excused(file, line) ? [i + 1] : []));
}

function excused(file, line) {
  if (COMMENT.test(line)) return !/\s/.test(line.trim().replace(/^\S+\s+/, '')); // one word, such as an address
  const code = line.replace(/\s\/\/ [^'"`]*$/, '');
  if (code.length < line.length && code.length <= WIDTH) return false; // it is the comment behind that makes it wide
  return !ASSEMBLY.test(file) && /['"`/]/.test(line);
}

/** Of each line, whether it begins inside a template: a page or a text, whose lines are not ours to break. */
function templates(lines) {
  let inside = false;
  return lines.map((line) => {
    const began = inside;
    if (!COMMENT.test(line) || inside) for (const _ of line.replace(/\\./g, '').matchAll(/`/g)) inside = !inside;
    return began;
  });
}

/** The text with the comments wrapped that have a wide line. */
export function wrapped(text) {
  const lines = text.split('\n');
  const inTemplate = templates(lines);
  const result = [];
  for (let i = 0; i < lines.length; ) {
    const found = inTemplate[i] ? null : COMMENT.exec(lines[i]);
    if (!found) {
      result.push(lines[i++]);
      continue;
    }
    // A paragraph: lines with the same indentation and marker that go on with a sentence.
    const [, indent, marker] = found;
    const paragraph = [found];
    for (let k = i + 1; k < lines.length && goesOn(paragraph.at(-1), COMMENT.exec(lines[k])); k++)
      paragraph.push(COMMENT.exec(lines[k]));
    const old = lines.slice(i, i + paragraph.length);
    i += paragraph.length;
    if (!old.some((line) => line.length > WIDTH)) result.push(...old);
    else
      result.push(
        ...paragraphOf(
          indent,
          marker,
          paragraph.map(([, , , , words]) => words.trimEnd()),
        ),
      );
  }
  return result.join('\n');
}

/** Whether a line of a comment continues the one before: not where a list, a tag, an aligned or an empty line begins. */
function goesOn(before, next) {
  if (!next || next[1].length !== before[1].length + (/^\/\*/.test(before[2]) ? 1 : 0)) return false;
  const same = next[2] === before[2] || (/^\/\*/.test(before[2]) && next[2] === '*');
  return (
    same &&
    !before[4].endsWith('*/') &&
    before[4].trim() !== '' &&
    next[4].trim() !== '' &&
    !/^(\s|[-*@|#`]|\d+\. )/.test(next[4])
  );
}

function paragraphOf(indent, marker, texts) {
  const block = marker.startsWith('/*');
  const closes = texts.at(-1).endsWith('*/');
  const text = texts.join(' ').replace(/\*\/$/, '').trim();
  const words = text.split(/(?<![<>≤≥=])\s+/); // a comparison stays together
  const list = /^[-*]|^\d+\./.test(words[0]);
  if (!block)
    return fill(words, `${indent}${marker} `, `${indent}${marker} ${list ? '  ' : ''}`).concat(closes ? [`${indent}*/`] : []);
  const body = fill(words, `${indent} * `, `${indent} * `);
  if (closes) return [`${indent}${marker}`, ...body, `${indent} */`];
  return texts[0] === '' ? [`${indent}${marker}`, ...body] : [body[0].replace(' * ', `${marker} `), ...body.slice(1)];
}

function fill(words, first, others) {
  const lines = [];
  let line = first + words[0];
  for (const word of words.slice(1)) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = others + word;
    } else line += ` ${word}`;
  }
  return [...lines, line];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
  const places = process.argv.slice(2).filter((argument) => argument !== '--write');
  const write = process.argv.includes('--write');
  let wide = 0;
  for (const file of codeFiles(places)) {
    let text = readFileSync(file, 'utf8');
    if (write && wideLines(file, text).length > 0) {
      text = wrapped(text);
      writeFileSync(file, text);
    }
    for (const line of wideLines(file, text)) {
      wide++;
      console.log(`${file}:${line}: ${text.split('\n')[line - 1].length} columns, expected at most ${WIDTH}`);
    }
  }
  if (wide > 0) console.log(`${wide} lines are too wide`);
  process.exitCode = wide > 0 ? 1 : 0;
}
