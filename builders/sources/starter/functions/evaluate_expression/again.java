import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

final class ExpressionEvaluator {
    private static final Pattern TOKEN = Pattern.compile("[0-9]+|[^ \\t]");
    private static final int MAX_NESTING = 100;
    private static final String NEGATE = "negate";

    static int evaluate(String text) {
        Deque<Integer> values = new ArrayDeque<>();
        Deque<String> pending = new ArrayDeque<>();
        boolean operandExpected = true;
        int nesting = 0;
        for (String token : TOKEN.matcher(text).results().map(MatchResult::group).toList()) {
            if (operandExpected && token.equals("-")) {
                if (NEGATE.equals(pending.peek())) {
                    pending.pop();
                } else {
                    pending.push(NEGATE);
                }
            } else if (operandExpected && token.equals("(") && ++nesting <= MAX_NESTING) {
                pending.push(token);
            } else if (operandExpected && token.matches("[0-9]+")) {
                values.push(Integer.parseInt(token));
                operandExpected = false;
            } else if (!operandExpected && token.equals(")") && nesting-- > 0) {
                reduceDownTo(1, values, pending);
                pending.pop();
            } else if (!operandExpected && precedence(token) > 0) {
                reduceDownTo(precedence(token), values, pending);
                pending.push(token);
                operandExpected = true;
            } else {
                throw new IllegalArgumentException("unexpected '" + token + "'");
            }
        }
        if (operandExpected || nesting > 0) {
            throw new IllegalArgumentException("incomplete expression");
        }
        reduceDownTo(1, values, pending);
        return values.pop();
    }

    private static void reduceDownTo(int precedence, Deque<Integer> values, Deque<String> pending) {
        while (!pending.isEmpty() && precedence(pending.peek()) >= precedence) {
            int right = values.pop();
            values.push(switch (pending.pop()) {
                case NEGATE -> Math.negateExact(right);
                case "+" -> Math.addExact(values.pop(), right);
                case "-" -> Math.subtractExact(values.pop(), right);
                case "*" -> Math.multiplyExact(values.pop(), right);
                default -> Math.toIntExact((long) values.pop() / right);
            });
        }
    }

    private static int precedence(String operator) {
        return switch (operator) {
            case "+", "-" -> 1;
            case "*", "/" -> 2;
            case NEGATE -> 3;
            default -> 0;
        };
    }
}
