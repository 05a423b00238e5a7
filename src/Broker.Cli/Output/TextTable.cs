using Spectre.Console;

namespace Broker.Cli.Output;

/// <summary>A plain table: columns in line on a terminal and in a file alike, nothing cut off.</summary>
internal static class TextTable
{
    private const int FileWidth = 500;

    public static void Print(string[] columns, IEnumerable<string[]> rows)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap().PadLeft(0).PadRight(2));
        }

        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = FileWidth;
        }

        console.Write(table);
    }
}
