namespace Broker.Generators.Parsing;

/// <summary>A line that says something: its indentation, its words, and the comment behind them.</summary>
internal sealed class SchemaLine
{
    private SchemaLine(int number, int indent, string[] words, string? comment)
    {
        Number = number;
        Indent = indent;
        Words = words;
        Comment = comment;
    }

    public int Number { get; }

    public int Indent { get; }

    public string[] Words { get; }

    public string? Comment { get; }

    public static SchemaLine Read(int number, string text)
    {
        int hash = text.IndexOf('#');
        string said = hash < 0 ? text : text.Substring(0, hash);
        string comment = hash < 0 ? "" : text.Substring(hash + 1).Trim();
        string[] words = said.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        int indent = said.Length - said.TrimStart().Length;
        return new SchemaLine(number, indent, words, comment.Length == 0 ? null : comment);
    }
}
