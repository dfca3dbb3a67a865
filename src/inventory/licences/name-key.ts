/** What stays of a licence name when spelling is set aside: equal for `GPLv2+` and `GNU GPL, version 2 or later`. */
export function nameKey(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll('licence', 'license')
    .replaceAll(/>= ?v?(\d[\d.]{0,9})/g, '$1+')
    .replaceAll(/[\s"'“”‘’,;:_()[\]/-]{1,500}/g, ' ')
    .replaceAll(/ (?:or|and) (?:at your option )?(?:any )?(?:later|newer|greater|above)(?: versions?)?(?= |$)/g, '+ ')
    .replaceAll(/gnu (?:affero|afferro) (?:general public|gpl)/g, 'agpl')
    .replaceAll(/gnu (?:lesser|library) (?:general public|gpl)|lesser (?:general public|gpl)/g, 'lgpl')
    .replaceAll(/gnu (?:general public|(?=[al]?gpl))|\bgeneral public/g, (all) => (all === 'gnu ' ? '' : 'gpl'))
    .replaceAll('mozilla public', 'mpl')
    .replaceAll('eclipse public', 'epl')
    .replaceAll('common development and distribution', 'cddl')
    .replaceAll('european union public', 'eupl')
    .replaceAll(/\b(?:the|licensed?|licenses|version|ver|v)\b\.?/g, ' ')
    .replaceAll(/\b(a?gpl|lgpl|mpl|epl|cddl|eupl|apache|asl|al|gfdl|zpl|bsd|artistic|wtfpl)v?\.?(?=\d)/g, '$1 ')
    .replaceAll(/\bv(?=\d)/g, '')
    .replaceAll(/(?<!\bbsd {1,9})(\d)\.0(?![.\d])/g, '$1')
    .replaceAll(/ \+/g, '+')
    .split(' ')
    .filter((word) => word !== '' && word !== '.')
  return folded(words).join(' ')
}

/** `gpl 2 gpl 2` is how a name with its abbreviation in brackets comes out. */
function folded(words: readonly string[]): readonly string[] {
  const half = words.slice(0, words.length / 2)
  const isDouble = words.length % 2 === 0 && half.every((word, at) => word === words[half.length + at])
  if (isDouble) return half
  const [first, second, ...rest] = words
  return first !== undefined && first === second ? [first, ...rest] : words
}
