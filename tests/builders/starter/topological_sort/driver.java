import java.util.List;
import java.util.Scanner;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] words = in.nextLine().split(" ");
            int[][] edges = Stream.of(words).skip(1)
                    .map(word -> Stream.of(word.split(">")).mapToInt(Integer::parseInt).toArray())
                    .toArray(int[][]::new);
            try {
                List<Integer> order = TopologicalSorter.topologicalSort(Integer.parseInt(words[0]), edges);
                System.out.println(order.stream().map(String::valueOf).collect(Collectors.joining(" ")));
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
    }
}
