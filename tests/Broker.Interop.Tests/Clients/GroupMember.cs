using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Broker.Interop.Tests.Clients;

/// <summary>
/// A process of a stock client that reads a topic as a member of a group, commits each record after it has told of it,
/// and goes on until it is killed.
/// </summary>
internal sealed class GroupMember : IDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly Lock _gate = new();
    private readonly List<(int Partition, long Offset)> _read = [];
    private int[] _assigned = [];

    public GroupMember(string interpreter, string script, JsonObject question)
    {
        _process = Process.Start(new ProcessStartInfo(interpreter, [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{script} did not start");
        _process.StandardInput.Write(question.ToJsonString());
        _process.StandardInput.Close();
        _reading = ReadAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it said last; empty while it has no part of the work.</summary>
    public IReadOnlyList<int> Assigned
    {
        get
        {
            lock (_gate)
                return _assigned;
        }
    }

    public IReadOnlyList<(int Partition, long Offset)> Read
    {
        get
        {
            lock (_gate)
                return [.. _read];
        }
    }

    /// <summary>SIGKILL; returns what it printed to standard error.</summary>
    public async Task<string> KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        return await _errors;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            JsonNode told = JsonNode.Parse(line)!;
            lock (_gate)
            {
                if (told["assigned"] is JsonArray assigned)
                    _assigned = [.. assigned.Select(each => (int)each!)];
                else
                    _read.Add(((int)told["partition"]!, (long)told["offset"]!));
            }
        }
    }
}
