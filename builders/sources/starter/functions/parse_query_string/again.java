import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class QueryStringParser {
    private final Map<String, List<String>> params = new LinkedHashMap<>();
    private final ByteArrayOutputStream token = new ByteArrayOutputStream();
    private String key;

    static Map<String, List<String>> parseQueryString(String query) {
        return new QueryStringParser().parse(StandardCharsets.UTF_8.encode(query));
    }

    private Map<String, List<String>> parse(ByteBuffer in) {
        while (in.hasRemaining()) {
            byte next = in.get();
            if (next == '&') {
                endPair();
            } else if (next == '=' && key == null) {
                key = takeToken();
            } else if (next == '%') {
                token.write(hexDigit(in) << 4 | hexDigit(in));
            } else {
                token.write(next == '+' ? ' ' : next);
            }
        }
        endPair();
        return params;
    }

    private void endPair() {
        if (key != null || token.size() > 0) {
            String name = key == null ? takeToken() : key;
            params.computeIfAbsent(name, k -> new ArrayList<>()).add(takeToken());
            key = null;
        }
    }

    private String takeToken() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(token.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("escapes are not valid UTF-8", e);
        } finally {
            token.reset();
        }
    }

    private static int hexDigit(ByteBuffer in) {
        int digit = in.hasRemaining() ? Character.digit(in.get(), 16) : -1;
        if (digit < 0) {
            throw new IllegalArgumentException("malformed percent escape before byte " + in.position());
        }
        return digit;
    }
}
