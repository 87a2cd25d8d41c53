import java.util.ArrayList;
import java.util.List;

final class CsvLineParser {
    private enum State { START, PLAIN, QUOTED, CLOSING }

    private CsvLineParser() {
    }

    static List<String> parseCsvLine(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        State state = State.START;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (state == State.QUOTED) {
                if (c == '"') {
                    state = State.CLOSING;
                } else {
                    field.append(c);
                }
            } else if (c == ',') {
                fields.add(field.toString());
                field.setLength(0);
                state = State.START;
            } else if (c == '"' && state == State.START) {
                state = State.QUOTED;
            } else if (c == '"' && state == State.CLOSING) {
                field.append(c);
                state = State.QUOTED;
            } else if (c == '"' || state == State.CLOSING) {
                throw new IllegalArgumentException("unexpected character at index " + i);
            } else {
                field.append(c);
                state = State.PLAIN;
            }
        }
        if (state == State.QUOTED) {
            throw new IllegalArgumentException("unclosed quote");
        }
        fields.add(field.toString());
        return fields;
    }
}
