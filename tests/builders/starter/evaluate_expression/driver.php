while (($line = fgets(STDIN)) !== false) {
    try {
        echo ExpressionEvaluator::evaluate(rtrim($line, "\n")), "\n";
    } catch (InvalidArgumentException | OverflowException | DivisionByZeroError $e) {
        echo "error\n";
    }
}
