/* No cryptography, C++. Expected: no-crypto. */
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>
int main(int argc, char **argv) {
    std::vector<std::string> words(argv, argv + argc);
    std::sort(words.begin(), words.end());
    for (const auto &word : words) std::cout << word << '\n';
}
