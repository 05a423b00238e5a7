using System.Diagnostics;
using Broker.Protocol.Recorder;

// recorder FOLDER COMMAND ARGS...: runs a client against a server of one broker and keeps the requests that it sends.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: recorder FOLDER COMMAND [ARGUMENT]...   (its server is in $BOOTSTRAP)");
    Console.Error.WriteLine("       recorder FOLDER confluent-dotnet");
    return 2;
}

var recording = new Recording(args[0]);
using var server = new RecordingServer(recording);
server.Start();
string bootstrap = $"127.0.0.1:{server.Port}";
if (args[1] == "confluent-dotnet")
{
    await ConfluentClient.RunAsync(bootstrap);
    Console.WriteLine($"{args[0]}: {recording.Kept} requests kept");
    return 0;
}

var start = new ProcessStartInfo(args[1], args[2..]) { UseShellExecute = false };
start.Environment["BOOTSTRAP"] = bootstrap;
using Process client = Process.Start(start)!;
bool ended = client.WaitForExit(TimeSpan.FromSeconds(90));
if (!ended)
    client.Kill(entireProcessTree: true);
string end = ended ? $"ended with {client.ExitCode}" : "was killed";
Console.WriteLine($"{args[0]}: {recording.Kept} requests kept, the client {end}");
return ended ? client.ExitCode : 1;
