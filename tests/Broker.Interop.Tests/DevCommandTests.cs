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
        using var dev = new DevProcess(FreePorts());
        await dev.UntilUpAsync();
        using IConsumer<Ignore, Ignore> reader = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = dev.Bootstrap, GroupId = "readers" }).Build();
        reader.Assign(new TopicPartition("work", 0));
        reader.Commit([new TopicPartitionOffset("work", 0, 0)]);
        Assert.Equal(0, reader.Committed([new TopicPartition("work", 0)], Limit).Single().Offset.Value);
        await ChildProcess.RunAsync(Tree.Executable, ["group", "delete", "readers", "-b", dev.Bootstrap]);
    }

    [Fact]
    public async Task Told_to_stop_it_does_not_wait_for_others_to_take_over_nor_warn_that_nobody_did()
    {
        using var dev = new DevProcess(FreePorts());
        await dev.UntilUpAsync();
        string printed = await dev.StopAsync();
        Assert.DoesNotContain("Nobody took", printed, StringComparison.Ordinal);
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

    private sealed class DevProcess : IDisposable
    {
        private readonly Process _process;
        private readonly Task<string> _output;

        public DevProcess(int port)
        {
            Bootstrap = $"127.0.0.1:{port}";
            _process = Process.Start(new ProcessStartInfo(Tree.Executable, ["dev", "--port", $"{port}"])
            {
                RedirectStandardOutput = true,
            }) ?? throw new InvalidOperationException("broker dev did not start");
            _output = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        }

        public string Bootstrap { get; }

        public Task UntilUpAsync() => Deadline.UntilAsync("a topic to be created", Limit, async () =>
        {
            try
            {
                await ChildProcess.RunAsync(Tree.Executable, ["topic", "create", "work", "-b", Bootstrap]);
                return true;
            }
            catch (StockClientException)
            {
                return false;
            }
        });

        /// <summary>What it has printed, once it has ended as it is told to, without an error.</summary>
        public async Task<string> StopAsync()
        {
            await ChildProcess.RunAsync("sh", ["-c", $"kill -TERM {_process.Id}"]);
            using var limit = new CancellationTokenSource(Limit);
            await _process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, _process.ExitCode);
            return await _output;
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }

            _process.Dispose();
        }
    }
}
