// The style of a text as its control sequences change it (ECMA-48, SGR). Pure.

/** What switches an attribute on, and what it is; what blinks or hides itself is not taken. */
const ATTRIBUTES: Readonly<Record<string, string>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike' };
const ENDS: Readonly<Record<string, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
  39: ['foreground'],
  49: ['background'],
};

/** Changes `style` (an attribute to the parameters that switch it on) as one sequence with these parameters does. */
export function applySgr(style: Map<string, string>, parameters: string): void {
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    const attribute = ATTRIBUTES[code];
    if (code === '' || Number(code) === 0) style.clear();
    else if (attribute !== undefined) style.set(attribute, code);
    else if (/^(?:[34][0-7]|9[0-7]|10[0-7])$/.test(code)) style.set(/^[39]/.test(code) ? 'foreground' : 'background', code);
    else if (/^[34]8/.test(code)) {
      // `38;5;n` and `38;2;r;g;b` are several parameters, `38:5:n` is one (ISO 8613-6).
      const length = code.length > 2 ? 1 : codes[at + 1] === '5' ? 3 : codes[at + 1] === '2' ? 5 : 1;
      const colour = codes.slice(at, at + length);
      if (length > 1 ? colour.length === length : /^[34]8:/.test(code))
        style.set(code.startsWith('3') ? 'foreground' : 'background', colour.join(';'));
      at += length - 1;
    } else for (const ended of ENDS[code] ?? []) style.delete(ended);
  }
}
