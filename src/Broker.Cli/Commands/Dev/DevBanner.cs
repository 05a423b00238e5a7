using System.Globalization;
using Broker.Model;
using Spectre.Console;

namespace Broker.Cli.Commands.Dev;

/// <summary>What is shown once the cluster is ready: who is there, and what to try.</summary>
internal static class DevBanner
{
    public static void Show(IReadOnlyList<DevBroker> brokers)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Three brokers, ready");
        table.AddColumns("broker", "clients", "peers", "");
        foreach (DevBroker broker in brokers)
        {
            bool leads = brokers[0].Node.MetadataLeader == broker.Options.Id;
            table.AddRow(
                broker.Options.Id.ToString(),
                broker.Options.Listeners[0].Advertised.ToString(),
                broker.Options.PeerAdvertised.ToString(),
                leads ? "metadata leader" : "");
        }

        AnsiConsole.Write(table);
        HostAndPort first = brokers[0].Options.Listeners[0].Advertised;
        AnsiConsole.WriteLine("Try, in another terminal:");
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  kcat -L -b {first}"));
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  echo hello | kcat -P -b {first} -t greetings"));
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  kcat -C -b {first} -t greetings -o beginning -e"));
        AnsiConsole.WriteLine("Ctrl-C stops them.");
    }
}
