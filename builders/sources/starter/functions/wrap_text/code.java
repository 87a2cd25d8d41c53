import java.util.ArrayList;
import java.util.List;

final class TextWrapper {
    private TextWrapper() {
    }

    static List<String> wrapText(String text, int width) {
        if (width < 1) {
            throw new IllegalArgumentException("width must be at least 1, got " + width);
        }
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            if (line.length() > 0 && line.length() + 1 + word.length() <= width) {
                line.append(' ').append(word);
                continue;
            }
            flush(line, lines);
            int start = 0;
            while (word.length() - start > width) {
                lines.add(word.substring(start, start + width));
                start += width;
            }
            line.append(word, start, word.length());
        }
        flush(line, lines);
        return lines;
    }

    private static void flush(StringBuilder line, List<String> lines) {
        if (line.length() > 0) {
            lines.add(line.toString());
            line.setLength(0);
        }
    }
}
