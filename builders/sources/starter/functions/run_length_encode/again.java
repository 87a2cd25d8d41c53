final class RunLengthEncoder {
    private RunLengthEncoder() {
    }

    static String runLengthEncode(String text) {
        int[] symbols = text.codePoints().toArray();
        StringBuilder encoded = new StringBuilder();
        int start = 0;
        for (int i = 0; i < symbols.length; i++) {
            if (symbols[i] >= '0' && symbols[i] <= '9') {
                throw new IllegalArgumentException("digits in the text cannot be told from counts");
            }
            if (i + 1 == symbols.length || symbols[i + 1] != symbols[i]) {
                encoded.appendCodePoint(symbols[i]).append(i + 1 - start);
                start = i + 1;
            }
        }
        return encoded.toString();
    }
}
