const ROMAN_NUMERALS = [
    'M' => 1000, 'CM' => 900, 'D' => 500, 'CD' => 400,
    'C' => 100, 'XC' => 90, 'L' => 50, 'XL' => 40,
    'X' => 10, 'IX' => 9, 'V' => 5, 'IV' => 4, 'I' => 1,
];

function to_roman(int $number): string
{
    if ($number < 1 || $number > 3999) {
        throw new InvalidArgumentException("Number must be between 1 and 3999, got $number");
    }

    $roman = '';
    foreach (ROMAN_NUMERALS as $symbol => $value) {
        $roman .= str_repeat($symbol, intdiv($number, $value));
        $number %= $value;
    }

    return $roman;
}
