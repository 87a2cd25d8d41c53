import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

final class WordFrequencies {
    static List<Map.Entry<String, Long>> mostFrequent(String text, int k) {
        if (k < 0) {
            throw new IllegalArgumentException("k must not be negative");
        }
        Comparator<Map.Entry<String, Long>> worstFirst =
            Comparator.comparing((Map.Entry<String, Long> entry) -> entry.getValue())
                .thenComparing(Map.Entry::getKey, Comparator.reverseOrder());
        PriorityQueue<Map.Entry<String, Long>> best = new PriorityQueue<>(worstFirst);
        for (Map.Entry<String, Long> entry : count(text).entrySet()) {
            best.add(entry);
            if (best.size() > k) {
                best.poll();
            }
        }
        LinkedList<Map.Entry<String, Long>> ranked = new LinkedList<>();
        while (!best.isEmpty()) {
            ranked.addFirst(best.poll());
        }
        return ranked;
    }

    private static Map<String, Long> count(String text) {
        Map<String, Long> counts = new HashMap<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i <= text.length(); i++) {
            if (isWordCharacter(text, i)) {
                char c = text.charAt(i);
                word.append(c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c);
            } else if (word.length() > 0) {
                if (i < text.length() && text.charAt(i) == '\'' && isWordCharacter(text, i + 1)) {
                    word.append('\'');
                } else {
                    counts.merge(word.toString(), 1L, Long::sum);
                    word.setLength(0);
                }
            }
        }
        return counts;
    }

    private static boolean isWordCharacter(String text, int i) {
        if (i >= text.length()) {
            return false;
        }
        char c = text.charAt(i);
        return c > 0x7f || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
