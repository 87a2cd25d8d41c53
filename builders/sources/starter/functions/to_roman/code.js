const NUMERALS = [
  [1000, 'M'], [900, 'CM'], [500, 'D'], [400, 'CD'],
  [100, 'C'], [90, 'XC'], [50, 'L'], [40, 'XL'],
  [10, 'X'], [9, 'IX'], [5, 'V'], [4, 'IV'], [1, 'I'],
];

function toRoman(number) {
  if (!Number.isInteger(number) || number < 1 || number > 3999) {
    throw new RangeError(`expected an integer between 1 and 3999, got ${number}`);
  }

  let rest = number;
  let roman = '';
  for (const [value, symbol] of NUMERALS) {
    roman += symbol.repeat(Math.floor(rest / value));
    rest %= value;
  }
  return roman;
}
