/** Members that help people: the picture, the float model, and the verifiers that travel along. */

import { modelInputs } from '../../artifact/data-set.ts';
import { equalBytes } from '../../base/bytes.ts';
import { type Finding, memberPaths } from '../bundle.ts';
import { instructions } from '../instructions.ts';
import type { Judged } from '../source.ts';
import { attempt, type CheckContext, fail, notChecked, pass } from './context.ts';

/** The picture is what the model read: its pixels, prepared as the bundle says, are the integers that the proof shows. */
export function checkImage({ members, tools }: CheckContext, { claims, accepted }: Judged): Finding[] {
  const path = memberPaths.image;
  const claim = 'the picture is what the model read';
  const image = members.get(path);
  if (image === undefined) return [];
  const preprocessing = members.get(memberPaths.preprocessing);
  if (preprocessing === undefined) return [fail(claim, path, 'Nothing says how its pixels become the input.')];
  const tried = attempt(claim, path, () => tools.integersOf(image, preprocessing, modelInputs(accepted.circuit)));
  if (tried.value === undefined) return [tried.finding];
  const shown = new Map(claims.inputs.map(({ name, integers }) => [name, integers]));
  const isSame = [...tried.value].every(([name, { data }]) => {
    const integers = shown.get(name);
    return integers?.length === data.length && integers.every((value, i) => value === data[i]);
  });
  return [
    isSame
      ? pass(claim, path, 'Its pixels, prepared as io/preprocess.json says, are the input integers of the proof.')
      : fail(claim, path, 'Its pixels are not the input that the proof shows.'),
  ];
}

export function checkPreprocessing({ members, tools }: CheckContext): Finding[] {
  const path = memberPaths.preprocessing;
  const claim = 'the classes are called what the bundle calls them';
  const bytes = members.get(path);
  if (bytes === undefined) return [];
  const tried = attempt(claim, path, () => ({ labels: tools.labelsOf(bytes) }));
  if (tried.value === undefined) return [tried.finding];
  return [notChecked(claim, path, 'Names are words of the exporter: the proof is about numbers.')];
}

export function checkFloatModel({ members }: CheckContext): Finding[] {
  const path = memberPaths.floatModel;
  if (!members.has(path)) return [];
  const claim = 'the int8 model was made from this float model';
  return [
    notChecked(claim, path, 'Quantizing depends on calibration data that are not here: provenn quantize repeats it.'),
  ];
}

/** Programs in a bundle are the exporter's. Those of one's own installation are another matter, and tell whether they are equal. */
export function checkVerifiers({ members, tools }: CheckContext, writtenBy: string | null): Finding[] {
  const own = new Map([...tools.verifiers, [memberPaths.instructions, instructions]]);
  const paths = [memberPaths.instructions, memberPaths.verifierPage, memberPaths.verifierProgram];
  return paths.flatMap((path): Finding[] => {
    const claim = 'it is as provenn publishes it';
    const found = members.get(path);
    if (found === undefined) return path === memberPaths.instructions ? [fail(claim, path, 'It is missing.')] : [];
    const known = own.get(path);
    if (known === undefined) return [notChecked(claim, path, 'This installation has no copy of it to compare.')];
    if (equalBytes(found, known)) return [pass(claim, path, 'The same as in this installation.')];
    return [
      writtenBy === tools.version
        ? fail(claim, path, `It is not that of version ${tools.version}: do not run it.`)
        : notChecked(
            claim,
            path,
            'The bundle says that another version made it: it may say and do anything. Use that of your own installation.',
          ),
    ];
  });
}
