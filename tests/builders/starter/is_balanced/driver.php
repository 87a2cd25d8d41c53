while (($line = fgets(STDIN)) !== false) {
    echo isBalanced(rtrim($line, "\n")) ? "true\n" : "false\n";
    flush();
}
