int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        char *encoded = run_length_encode(line);
        puts(encoded ? encoded : "error");
        fflush(stdout);
        free(encoded);
    }
    return 0;
}
