import java.util.Scanner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            try {
                System.out.println(ExpressionEvaluator.evaluate(in.nextLine()));
            } catch (IllegalArgumentException | ArithmeticException e) {
                System.out.println("error");
            }
        }
    }
}
