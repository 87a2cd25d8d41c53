import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.regex.Pattern;

final class ExpressionEvaluator {
    private static final Pattern TOKEN = Pattern.compile("[0-9]+|[^ \\t]");
    private static final Map<String, Integer> PRECEDENCE = Map.of("+", 1, "-", 1, "*", 2, "/", 2);
    private static final int MAX_NESTING = 100;
    private static final String END = "";

    static int evaluate(String text) {
        Deque<String> tokens = new ArrayDeque<>();
        TOKEN.matcher(text).results().forEach(match -> tokens.add(match.group()));
        tokens.add(END);
        int value = expression(tokens, 0, 0);
        expect(END, tokens.pop());
        return value;
    }

    private static int expression(Deque<String> tokens, int floor, int nesting) {
        int value = operand(tokens, nesting);
        while (PRECEDENCE.getOrDefault(tokens.peek(), 0) > floor) {
            String operator = tokens.pop();
            int right = expression(tokens, PRECEDENCE.get(operator), nesting);
            value = switch (operator) {
                case "+" -> Math.addExact(value, right);
                case "-" -> Math.subtractExact(value, right);
                case "*" -> Math.multiplyExact(value, right);
                default -> Math.toIntExact((long) value / right);
            };
        }
        return value;
    }

    private static int operand(Deque<String> tokens, int nesting) {
        boolean negative = false;
        while (tokens.peek().equals("-")) {
            tokens.pop();
            negative = !negative;
        }
        String token = tokens.pop();
        int value;
        if (token.equals("(") && nesting < MAX_NESTING) {
            value = expression(tokens, 0, nesting + 1);
            expect(")", tokens.pop());
        } else if (token.matches("[0-9]+")) {
            value = Integer.parseInt(token);
        } else {
            throw new IllegalArgumentException("operand expected, found '" + token + "'");
        }
        return negative ? Math.negateExact(value) : value;
    }

    private static void expect(String expected, String token) {
        if (!token.equals(expected)) {
            throw new IllegalArgumentException("unexpected '" + token + "'");
        }
    }
}
