using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Broker.Interop.Tests.Cluster;

/// <summary>One "broker serve" process: its configuration file, its addresses and what it has printed.</summary>
internal sealed partial class BrokerProcess(int id, string configuration, string client, string http) : IDisposable
{
    private const int Term = 15;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private readonly StringBuilder _printed = new();
    private Process? _process;

    public int Id => id;

    public string Client => client;

    public int ProcessId => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    public string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    /// <param name="executable">Of which version; this one if not said.</param>
    public void Start(string? executable = null)
    {
        var start = new ProcessStartInfo(executable ?? Tree.Executable, ["serve", "--config", configuration])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("the broker did not start");
        _process.StandardInput.Close();
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task<bool> IsReadyAsync(HttpClient requests)
    {
        if (!IsRunning)
        {
            throw new InvalidOperationException($"broker {id} ended while starting:\n{Printed}");
        }

        try
        {
            using HttpResponseMessage answer = await requests.GetAsync($"http://{http}/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            // Nobody listens yet, or a busy machine took longer than a request's time.
            return false;
        }
    }

    public async Task StopAsync()
    {
        if (IsRunning)
        {
            Signal(_process!.Id, Term);
            using var limit = new CancellationTokenSource(StopLimit);
            await _process.WaitForExitAsync(limit.Token);
        }
    }

    public async Task KillAsync()
    {
        if (IsRunning)
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public void Dispose()
    {
        if (IsRunning)
        {
            _process!.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_printed)
        {
            _printed.AppendLine(line.Data);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
