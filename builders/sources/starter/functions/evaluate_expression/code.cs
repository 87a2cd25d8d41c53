using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

public sealed class ExpressionEvaluator
{
    private const int MaxNesting = 100;
    private const string End = "";

    private readonly Queue<string> _tokens;

    private ExpressionEvaluator(string text)
    {
        var matches = Regex.Matches(text, @"[0-9]+|[^ \t]").Cast<Match>();
        _tokens = new Queue<string>(matches.Select(match => match.Value).Concat(new[] { End }));
    }

    public static int Evaluate(string text)
    {
        var evaluator = new ExpressionEvaluator(text);
        int value = evaluator.Expression(0, 0);
        evaluator.Expect(End);
        return value;
    }

    private int Expression(int floor, int nesting)
    {
        int value = Operand(nesting);
        while (Precedence(_tokens.Peek()) > floor)
        {
            string op = _tokens.Dequeue();
            int right = Expression(Precedence(op), nesting);
            value = checked(op == "+" ? value + right
                : op == "-" ? value - right
                : op == "*" ? value * right
                : value / right);
        }
        return value;
    }

    private int Operand(int nesting)
    {
        bool negative = false;
        for (; _tokens.Peek() == "-"; _tokens.Dequeue())
            negative = !negative;
        int value;
        if (_tokens.Peek() == "(" && nesting < MaxNesting)
        {
            _tokens.Dequeue();
            value = Expression(0, nesting + 1);
            Expect(")");
        }
        else
        {
            value = int.Parse(_tokens.Dequeue(), NumberStyles.None);
        }
        return negative ? checked(-value) : value;
    }

    private void Expect(string token)
    {
        if (_tokens.Dequeue() != token)
            throw new FormatException("malformed expression");
    }

    private static int Precedence(string op)
    {
        return op == "*" || op == "/" ? 2 : op == "+" || op == "-" ? 1 : 0;
    }
}
