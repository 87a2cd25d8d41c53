import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

final class WordFrequencies {
    private static final Pattern UPPER = Pattern.compile("[A-Z]+");
    // An apostrophe belongs to a word only between two of its other characters.
    private static final Pattern WORD = Pattern.compile("[a-z0-9\\P{ASCII}]++(?:'[a-z0-9\\P{ASCII}]++)*+");

    static List<Map.Entry<String, Long>> mostFrequent(String text, int k) {
        if (k < 0) {
            throw new IllegalArgumentException("k must not be negative");
        }
        String lowered = UPPER.matcher(text).replaceAll(match -> match.group().toLowerCase(Locale.ROOT));
        Map<String, Long> counts = WORD.matcher(lowered).results()
            .map(MatchResult::group)
            .collect(Collectors.groupingBy(word -> word, Collectors.counting()));
        Comparator<Map.Entry<String, Long>> ranking = Map.Entry.<String, Long>comparingByValue().reversed()
            .thenComparing(Map.Entry.comparingByKey());
        return counts.entrySet().stream().sorted(ranking).limit(k).toList();
    }
}
