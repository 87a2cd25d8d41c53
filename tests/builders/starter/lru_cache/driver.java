import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Scanner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            System.out.println(answer(new Scanner(in.nextLine())));
        }
        System.out.flush();
    }

    private static String answer(Scanner words) {
        LruCache cache;
        try {
            cache = new LruCache(words.nextInt());
        } catch (IllegalArgumentException e) {
            return "error";
        }
        List<String> out = new ArrayList<>();
        while (words.hasNext()) {
            if (words.next().equals("put")) {
                cache.put(words.nextInt(), words.nextInt());
            } else {
                OptionalInt value = cache.get(words.nextInt());
                out.add(value.isPresent() ? String.valueOf(value.getAsInt()) : "none");
            }
        }
        return String.join(" ", out);
    }
}
