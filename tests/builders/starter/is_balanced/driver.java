import java.util.Scanner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in, "UTF-8");
        while (in.hasNextLine()) {
            System.out.println(BracketChecker.isBalanced(in.nextLine()));
        }
        System.out.flush();
    }
}
