import java.util.NoSuchElementException;
import java.util.Scanner;
import java.util.StringJoiner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            StablePriorityQueue<String> queue = new StablePriorityQueue<>();
            StringJoiner out = new StringJoiner(" ");
            String[] words = in.nextLine().split(" ");
            for (int i = 0; i < words.length; i++) {
                if (words[i].equals("push")) {
                    queue.push(words[i + 1], Integer.parseInt(words[i + 2]));
                    i += 2;
                } else if (words[i].equals("size")) {
                    out.add(Integer.toString(queue.size()));
                } else {
                    try {
                        out.add(queue.pop());
                    } catch (NoSuchElementException e) {
                        out.add("error");
                    }
                }
            }
            System.out.println(out);
        }
        System.out.flush();
    }
}
