final class BracketChecker {
    private static final String OPENERS = "([{";
    private static final String CLOSERS = ")]}";
    private static final int END_OF_TEXT = -1;
    private static final int FAILED = -1;

    private BracketChecker() {
    }

    static boolean isBalanced(String text) {
        return afterGroup(text, 0, END_OF_TEXT) != FAILED;
    }

    private static int afterGroup(String text, int from, int closer) {
        int i = from;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c == closer) {
                return i;
            }
            if (CLOSERS.indexOf(c) >= 0) {
                return FAILED;
            }
            int kind = OPENERS.indexOf(c);
            if (kind >= 0) {
                i = afterGroup(text, i, CLOSERS.charAt(kind));
            } else if (c == '"') {
                i = afterString(text, i);
            }
            if (i == FAILED) {
                return FAILED;
            }
        }
        return closer == END_OF_TEXT ? i : FAILED;
    }

    private static int afterString(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i + 1;
            }
            if (c == '\\') {
                i++;
            }
        }
        return FAILED;
    }
}
