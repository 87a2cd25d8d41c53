import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.TreeMap;

class Driver {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = in.readLine()) != null; ) {
            try {
                StringJoiner joined = new StringJoiner(" ", "{", "}");
                new TreeMap<>(QueryStringParser.parseQueryString(line))
                        .forEach((key, values) -> joined.add(key + "=[" + String.join("|", values) + "]"));
                out.println(joined);
            } catch (IllegalArgumentException e) {
                out.println("error");
            }
        }
    }
}
