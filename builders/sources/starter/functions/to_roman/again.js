const GROUPS = [['IIIII', 'V'], ['VV', 'X'], ['XXXXX', 'L'], ['LL', 'C'], ['CCCCC', 'D'], ['DD', 'M']];

const SUBTRACTIVE = {
  DCCCC: 'CM', CCCC: 'CD', LXXXX: 'XC', XXXX: 'XL', VIIII: 'IX', IIII: 'IV',
};

function toRoman(number) {
  if (!Number.isInteger(number) || number < 1 || number > 3999) {
    throw new RangeError(`expected an integer between 1 and 3999, got ${number}`);
  }

  // Each group stands before what is left of its smaller symbols, so rewriting a tally
  // from the left keeps the symbols in descending order.
  const additive = GROUPS.reduce(
    (tally, [group, symbol]) => tally.replaceAll(group, symbol),
    'I'.repeat(number),
  );
  return additive.replace(/D?CCCC|L?XXXX|V?IIII/g, (run) => SUBTRACTIVE[run]);
}
