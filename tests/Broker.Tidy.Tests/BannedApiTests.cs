using System.Text.RegularExpressions;
using Xunit;

namespace Broker.Tidy.Tests;

/// <summary>
/// Server-side rooms take time, threads, files, network and randomness from outside, so that the simulator can run
/// them. The compiler refuses the rest (BannedSymbols.txt); .editorconfig lists the adapters that are the exception.
/// </summary>
public sealed partial class BannedApiTests
{
    [Fact]
    public void Server_side_rooms_are_built_with_the_banned_list()
    {
        string targets = Repository.Read("Directory.Build.targets");
        Match list = BannedRooms().Match(targets);

        Assert.Equal(ProjectTable.ServerSide.Order(), list.Groups["rooms"].Value.Split(';', Trim).Order());
    }

    [Fact]
    public void Exceptions_from_the_banned_list_are_single_files_that_exist()
    {
        string[] sections = Repository.Read(".editorconfig").Split("\n[");
        var breaches =
            from section in sections
            where section.Contains("RS0030.severity = none", StringComparison.Ordinal)
            from path in PathsOf(section[..section.IndexOf(']')])
            where path.Contains('*') || !File.Exists(Path.Combine(Repository.Root, path))
            select path;

        Report.None(breaches, "an exception from BannedSymbols.txt in .editorconfig names one file, the adapter");
    }

    private const StringSplitOptions Trim = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private static IEnumerable<string> PathsOf(string header)
    {
        int open = header.IndexOf('{');
        if (open < 0)
        {
            return [header];
        }

        string before = header[..open];
        int close = header.IndexOf('}');
        return header[(open + 1)..close].Split(',', Trim).Select(middle => before + middle + header[(close + 1)..]);
    }

    [GeneratedRegex("<ServerSideRooms>(?<rooms>[^<]*)</ServerSideRooms>")]
    private static partial Regex BannedRooms();
}
