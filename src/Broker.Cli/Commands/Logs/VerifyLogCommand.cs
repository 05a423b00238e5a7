using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Storage;
using Broker.Storage.Inspection;

namespace Broker.Cli.Commands.Logs;

/// <summary>
/// <c>broker log verify DIR…</c>: reads data directories offline, and compares the replicas of each partition entry by
/// entry. Exits with 1 if data is damaged or differs.
/// </summary>
internal sealed class VerifyLogCommand : Command
{
    private const int Damaged = 1;

    private readonly Argument<string[]> _directories = new("directory")
    {
        Description = "Data directories of brokers that are stopped, or topics or partitions in them",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public VerifyLogCommand()
        : base("verify", "Verify logs offline, and compare replicas entry by entry")
    {
        Arguments.Add(_directories);
        Options.Add(_format);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        using var files = new PosixFileSystem();
        VerifyReport report = LogVerify.Run(files, parsed.GetRequiredValue(_directories));
        if (parsed.GetValue(_format) == OutputFormat.Json)
            Json.Print(report);
        else
            Print(report);
        return report.IsClean ? 0 : Damaged;
    }

    private static void Print(VerifyReport report)
    {
        TextTable.Print(
            ["PARTITION", "ENTRIES", "LAST", "TERM", "NEXT OFFSET", "BYTES", "DIRECTORY"], report.Replicas.Select(Row));
        foreach (LogProblem problem in report.Replicas.SelectMany(replica => replica.Problems))
            Console.WriteLine(problem);
        foreach (PartitionComparison partition in report.Partitions)
        {
            foreach (string mismatch in partition.Mismatches)
                Console.WriteLine($"mismatch: {partition.Partition}: {mismatch}");
        }

        long entries = report.Replicas.Sum(replica => replica.Entries);
        int differing = report.Partitions.Count(partition => partition.AgreedTo < partition.ComparedTo);
        string verdict = report.IsClean ? "all is well" : "DAMAGED";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Replicas.Count} replicas, {entries} entries read; " +
            $"{report.Partitions.Count} partitions compared, {differing} with a tail that differs: {verdict}"));
    }

    private static string[] Row(ReplicaReport replica) =>
    [
        replica.Partition,
        Text(replica.Entries),
        Text(replica.LastIndex),
        Text(replica.LastTerm),
        Text(replica.NextOffset),
        Text(replica.Bytes),
        replica.Directory,
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
