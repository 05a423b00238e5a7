using System.Runtime.InteropServices;
using System.Text;

namespace Broker.Storage;

/// <summary>
/// The few C functions that .NET has no honest counterpart for: <c>FileStream.Flush(true)</c> and
/// <c>RandomAccess.FlushToDisk</c> swallow a failed flush on Linux, and nothing flushes a directory. They are looked up
/// through the main program, not through a named library, so that a preloaded fault injector is found first.
/// Delegates, not function pointers: their stubs capture errno before the runtime can overwrite it.
/// </summary>
internal static class Libc
{
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;
    private const int DontNeed = 4;
    private const int OpenDirectoryFlags = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC, read only

    private static readonly DescriptorFunction FdatasyncFunction = Find<DescriptorFunction>("fdatasync");
    private static readonly DescriptorFunction FsyncFunction = Find<DescriptorFunction>("fsync");
    private static readonly DescriptorFunction SyncfsFunction = Find<DescriptorFunction>("syncfs");
    private static readonly OpenFunction OpenDirectoryFunction = Find<OpenFunction>("open");
    private static readonly DescriptorFunction CloseFunction = Find<DescriptorFunction>("close");
    private static readonly AdviseFunction AdviseDescriptor = Find<AdviseFunction>("posix_fadvise");

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, SetLastError = true)]
    private delegate int DescriptorFunction(int descriptor);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, SetLastError = true)]
    private delegate int OpenFunction(byte[] path, int flags);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int AdviseFunction(int descriptor, long offset, long length, int advice);

    public static void Fdatasync(int descriptor, string path) =>
        Flush(FdatasyncFunction, descriptor, "fdatasync", path);

    public static void Fsync(int descriptor, string path) => Flush(FsyncFunction, descriptor, "fsync", path);

    public static void Syncfs(int descriptor, string path) => Flush(SyncfsFunction, descriptor, "syncfs", path);

    /// <summary>Returns a descriptor, or −1 with the error number in <paramref name="errno"/>.</summary>
    public static int OpenDirectory(string path, out int errno)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        int descriptor;
        do
        {
            descriptor = OpenDirectoryFunction(name, OpenDirectoryFlags);
            errno = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (descriptor < 0 && errno == Interrupted);
        return descriptor;
    }

    public static void Close(int descriptor) => CloseFunction(descriptor);

    public static void DropCache(int descriptor, long offset, long length) =>
        AdviseDescriptor(descriptor, offset, length, DontNeed);

    private static void Flush(DescriptorFunction function, int descriptor, string name, string path)
    {
        while (function(descriptor) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Interrupted)
                throw new FlushFailedException($"{name} of {path} failed: {MessageOf(errno)}");
        }
    }

    private static string MessageOf(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";

    private static T Find<T>(string function) where T : Delegate =>
        Marshal.GetDelegateForFunctionPointer<T>(
            NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), function));
}
