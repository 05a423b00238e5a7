using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Storage;
using Broker.Storage.Inspection;

namespace Broker.Cli.Commands.Logs;

/// <summary><c>broker log dump DIR</c>: lists the entries of a data directory offline, a line each.</summary>
internal sealed class DumpLogCommand : Command
{
    private readonly Argument<string> _directory = new("directory")
    {
        Description = "The data directory of a broker that is stopped, or a topic or partition in it",
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public DumpLogCommand()
        : base("dump", "List the entries of a data directory offline")
    {
        Arguments.Add(_directory);
        Options.Add(_format);
        SetAction(Run);
    }

    private void Run(ParseResult parsed)
    {
        using var files = new PosixFileSystem();
        bool isJson = parsed.GetValue(_format) == OutputFormat.Json;
        foreach ((string partition, DumpedEntry? entry, LogProblem? problem) in
            LogDump.Read(files, parsed.GetRequiredValue(_directory)))
        {
            if (isJson)
                Console.WriteLine(Json.Line(new { partition, entry, problem }));
            else
                Console.WriteLine(entry is null ? $"{partition} {problem}" : $"{partition} {Text(entry)}");
        }
    }

    private static string Text(DumpedEntry entry) => string.Create(CultureInfo.InvariantCulture,
        $"index {entry.Index} term {entry.Term} {entry.Kind} offset {entry.Offset}+{entry.Span} " +
        $"time {entry.MaxTimestamp} {entry.Bytes} bytes at {entry.File}:{entry.Position}");
}
