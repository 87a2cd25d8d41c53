import java.util.ArrayDeque;
import java.util.Deque;

final class BracketChecker {
    private BracketChecker() {
    }

    static boolean isBalanced(String text) {
        Deque<Character> expected = new ArrayDeque<>();
        boolean inString = false;
        boolean escaped = false;

        for (char c : text.toCharArray()) {
            if (inString) {
                if (c == '"' && !escaped) {
                    inString = false;
                }
                escaped = c == '\\' && !escaped;
                continue;
            }
            switch (c) {
                case '"' -> inString = true;
                case '(' -> expected.push(')');
                case '[' -> expected.push(']');
                case '{' -> expected.push('}');
                case ')', ']', '}' -> {
                    if (expected.isEmpty() || expected.pop() != c) {
                        return false;
                    }
                }
                default -> { }
            }
        }
        return expected.isEmpty() && !inString;
    }
}
