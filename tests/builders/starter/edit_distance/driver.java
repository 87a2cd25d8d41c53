import java.nio.charset.StandardCharsets;
import java.util.Scanner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        while (in.hasNextLine()) {
            String[] texts = in.nextLine().split("\\|", -1);
            System.out.println(Levenshtein.editDistance(texts[0], texts[1]));
        }
    }
}
