using System.Text.RegularExpressions;
using Xunit;

namespace Broker.Tidy.Tests;

/// <summary>What is written down leads somewhere, and what can be run is written down.</summary>
public sealed partial class PagesTests
{
    [Fact]
    public void Links_between_pages_lead_to_files() => Report.None(
        from page in Pages()
        from Match link in Link().Matches(Repository.Read(page))
        let target = link.Groups["target"].Value
        where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
        let path = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target.Split('#')[0])
        where !File.Exists(path) && !Directory.Exists(path)
        select $"{page} → {target}",
        "a link to nowhere");

    [Fact]
    public void Every_script_is_named_on_a_page()
    {
        string pages = string.Concat(Pages().Select(Repository.Read));
        Report.None(
            Scripts().Where(script => !pages.Contains(script, StringComparison.Ordinal)),
            "a script that neither README nor docs/ names");
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Scripts_can_be_run() => Report.None(
        from script in Scripts()
        where !File.GetUnixFileMode(Path.Combine(Repository.Root, script)).HasFlag(UnixFileMode.UserExecute)
            || !Repository.Read(script).StartsWith("#!", StringComparison.Ordinal)
        select script,
        "a script begins with #! and is executable");

    private static IEnumerable<string> Pages() =>
        Repository.FilesBelow("docs", "*.md").Concat(Repository.FilesBelow("src", "*.md")).Append("README.md");

    private static IEnumerable<string> Scripts() =>
        Repository.FilesBelow("scripts", "*").Where(path => path.Count(letter => letter == '/') == 1);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
