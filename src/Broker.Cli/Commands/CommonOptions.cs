using System.CommandLine;
using Broker.Cli.Output;

namespace Broker.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<OutputFormat> Format() =>
        new("--format")
        {
            Description = "text for people, json for machines",
            DefaultValueFactory = _ => OutputFormat.Text,
        };

    public static Argument<string> Topic() => new("topic") { Description = "The topic's name" };

    public static Argument<string> Group() => new("group") { Description = "The group's id" };

    /// <summary>Reads <c>name=value</c> pairs.</summary>
    public static Dictionary<string, string?> Pairs(IEnumerable<string> texts, string option)
    {
        Dictionary<string, string?> pairs = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"{option} {text}: write name=value");
            }

            pairs[text[..equals]] = text[(equals + 1)..];
        }

        return pairs;
    }
}
