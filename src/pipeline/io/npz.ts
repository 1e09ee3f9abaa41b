/** NumPy archives (.npz): a ZIP of .npy members, each named after its array. */
import { type FileArray, malformed } from './array.ts';
import { decodeNpy } from './npy.ts';
import { readZip } from './zip.ts';

/** Every array of the archive, in its order. Throws `FILE_MALFORMED` or `RESOURCE_LIMIT`. */
export function decodeNpz(bytes: Uint8Array, where: string): FileArray[] {
  const seen = new Set<string>();
  const arrays = readZip(bytes, where).map((member) => {
    const name = member.name.replace(/\.npy$/, '');
    if (name === member.name) {
      throw malformed(where, `The archive holds ${member.name}, which is not an array.`, 'Write it with numpy.savez.');
    }
    if (seen.has(name))
      throw malformed(where, `The archive holds two arrays called ${name}.`, 'Give each its own name.');
    seen.add(name);
    return decodeNpy(member.bytes, `${where}, array ${name}`, name);
  });
  if (arrays.length === 0) throw malformed(where, 'The archive is empty.', 'Write arrays into it with numpy.savez.');
  return arrays;
}
