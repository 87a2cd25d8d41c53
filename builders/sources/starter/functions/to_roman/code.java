final class RomanNumerals {
    private enum Numeral {
        M(1000), CM(900), D(500), CD(400),
        C(100), XC(90), L(50), XL(40),
        X(10), IX(9), V(5), IV(4), I(1);

        private final int value;

        Numeral(int value) {
            this.value = value;
        }
    }

    private RomanNumerals() {
    }

    static String toRoman(int number) {
        if (number < 1 || number > 3999) {
            throw new IllegalArgumentException("number must be between 1 and 3999, got " + number);
        }
        StringBuilder roman = new StringBuilder();
        int rest = number;
        for (Numeral numeral : Numeral.values()) {
            while (rest >= numeral.value) {
                roman.append(numeral);
                rest -= numeral.value;
            }
        }
        return roman.toString();
    }
}
