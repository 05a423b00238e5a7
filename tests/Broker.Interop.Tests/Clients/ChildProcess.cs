using System.Diagnostics;

namespace Broker.Interop.Tests.Clients;

/// <summary>A program of somebody else that is run to its end, with a time limit.</summary>
internal static class ChildProcess
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static Task<string> RunAsync(string program, IEnumerable<string> arguments, string input = "") =>
        RunAsync(program, arguments, input, Limit);

    /// <summary>What it printed to standard output; another exit code than 0 is an exception.</summary>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, string input, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string name = $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new StockClientException(
                $"{name} did not end within {limit.TotalSeconds:0} s\n{await output}\n{await errors}");
        }

        if (process.ExitCode != 0)
        {
            throw new StockClientException(
                $"{name} ended with {process.ExitCode}\n{await output}\n{await errors}");
        }

        return await output;
    }
}
