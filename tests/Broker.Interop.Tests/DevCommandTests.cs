using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Broker.Interop.Tests.Clients;
using Confluent.Kafka;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary><c>broker dev</c>, as somebody tries it out.</summary>
public sealed class DevCommandTests
{
    private const int Brokers = 3;
    private const int PeerPortDistance = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Offsets_of_a_group_are_committed()
    {
        int port = FreePorts();
        string bootstrap = $"127.0.0.1:{port}";
        using Process dev = Process.Start(new ProcessStartInfo(Tree.Executable, ["dev", "--port", $"{port}"])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("broker dev did not start");
        Task<string> output = dev.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await Deadline.UntilAsync("a topic to be created", Limit, () => TryAsync(
                "topic", "create", "work", "-b", bootstrap));
            using IConsumer<Ignore, Ignore> reader = new ConsumerBuilder<Ignore, Ignore>(
                new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "readers" }).Build();
            reader.Assign(new TopicPartition("work", 0));
            reader.Commit([new TopicPartitionOffset("work", 0, 0)]);
            Assert.Equal(0, reader.Committed([new TopicPartition("work", 0)], Limit).Single().Offset.Value);
            await ChildProcess.RunAsync(Tree.Executable, ["group", "delete", "readers", "-b", bootstrap]);
        }
        finally
        {
            dev.Kill(entireProcessTree: true);
            await dev.WaitForExitAsync(CancellationToken.None);
            await output;
        }
    }

    private static async Task<bool> TryAsync(params string[] arguments)
    {
        try
        {
            await ChildProcess.RunAsync(Tree.Executable, arguments);
            return true;
        }
        catch (StockClientException)
        {
            return false;
        }
    }

    // The first of those that follow one another, for clients and for the brokers among themselves.
    private static int FreePorts()
    {
        while (true)
        {
            int first = Random.Shared.Next(10_000, 30_000);
            TcpListener[] listeners =
            [
                .. Enumerable.Range(first, Brokers)
                    .Concat(Enumerable.Range(first + PeerPortDistance, Brokers))
                    .Select(port => new TcpListener(IPAddress.Loopback, port)),
            ];
            try
            {
                Array.ForEach(listeners, listener => listener.Start());
                return first;
            }
            catch (SocketException)
            {
                // Somebody has one of them; others are tried.
            }
            finally
            {
                Array.ForEach(listeners, listener => listener.Stop());
            }
        }
    }
}
