using System.Diagnostics;
using System.Globalization;
using Broker.Client;
using UnreachableException = Broker.Client.UnreachableException;

namespace Broker.Benchmarks.Clients;

/// <summary>
/// Creates a topic for each line of standard input, by a client that is connected already, and says how long it took;
/// for scripts/pauses.
/// </summary>
internal static class TopicProbe
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        await using BrokerClient client = await BrokerClient.ConnectAsync(ClientOptions.For(arguments[0]));
        Console.WriteLine("connected");
        while (await Console.In.ReadLineAsync() is { Length: > 0 } topic)
        {
            long begun = Stopwatch.GetTimestamp();
            string failure = "";
            try
            {
                await client.Admin.CreateTopicAsync(topic, new TopicSettings { Partitions = 1, ReplicationFactor = 2 });
            }
            catch (Exception e) when (e is RequestException or UnreachableException)
            {
                failure = e.Message;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} {failure}"));
        }

        return 0;
    }
}
