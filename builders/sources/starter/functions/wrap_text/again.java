import java.util.ArrayList;
import java.util.List;

final class TextWrapper {
    private TextWrapper() {
    }

    static List<String> wrapText(String text, int width) {
        if (width < 1) {
            throw new IllegalArgumentException("width must be at least 1, got " + width);
        }
        String flat = text.strip().replaceAll("\\s+", " ");
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (flat.length() - start > width) {
            int space = flat.lastIndexOf(' ', start + width);
            if (space > start) {
                lines.add(flat.substring(start, space));
                start = space + 1;
            } else {
                lines.add(flat.substring(start, start + width));
                start += width;
            }
        }
        if (start < flat.length()) {
            lines.add(flat.substring(start));
        }
        return lines;
    }
}
